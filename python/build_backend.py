"""Makes the wheel of this archive (PEP 517). Its files are all here, in the folder ``wheel``: they are put together, and nothing is built."""

import os
import zipfile

_FILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "wheel")


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    (info,) = (name for name in os.listdir(_FILES) if name.endswith(".dist-info"))
    name = info[: -len(".dist-info")] + "-py3-none-any.whl"
    paths = [os.path.join(folder, file) for folder, _, files in os.walk(_FILES) for file in files]
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        for path in sorted(paths):
            entry = zipfile.ZipInfo(os.path.relpath(path, _FILES).replace(os.sep, "/"))  # Of 1980: the same bytes every time.
            entry.compress_type = zipfile.ZIP_DEFLATED
            with open(path, "rb") as file:
                wheel.writestr(entry, file.read())
    return name


def build_sdist(sdist_directory, config_settings=None):
    raise NotImplementedError("this is an archive of sources already")
