/** Faults in what pip installs: how it is packed, how the command is started from it, and which plugins are its own. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // What is packed
  ...faultsIn(
    "scripts/python-distribution.ts",
    ["test/python-distributions"],
    [
      ['.digest("base64url")', '.digest("base64")', "pip installs nothing, for no sum is right"],
      ["`${info}/RECORD,,`", "`${info}/RECORD`", "pip leaves files behind when it uninstalls"],
      ["{ compressed: true }", "{}", "the command is three times as large to fetch"],
    ],
  ),
  ...faultsIn(
    "scripts/python-command.ts",
    ["test/python-distributions"],
    [
      ['path.startsWith("templates/") ||', "", "`create-plugin` has nothing to lay out"],
      [
        "const required = (plugin: string) => `mlflow-auth-${plugin}${compatible(version)}`;",
        "const required = (plugin: string) => `mlflow-auth-${plugin}`;",
        "an extra brings a plugin of another version",
      ],
      [
        '(sys_platform == "linux" and',
        '(sys_platform != "" and',
        "where there is no wheel of Node, pip builds it for hours",
      ],
    ],
  ),
  ...faultsIn(
    "scripts/python-plugin.ts",
    ["test/python-distributions", "test/python-plugins"],
    [
      ["plugins: [namedExports(/^[^./]/)],", "", "the plugin aws finds nothing in its SDK"],
      ["...jsonFilesOf(manifest).map", "...[].map", "a plugin lacks the schema that it names"],
      ["`^${manifest.version}`", '"*"', "nobody hears that a plugin of pip's is made for another version"],
    ],
  ),
  ...faultsIn(
    "scripts/python-metadata.ts",
    ["test/python-distributions"],
    [
      [
        "major > 0 ? major + 1 : `0.${minor + 1}`",
        "major + 1",
        "before 1.0 packages that do not fit are installed together",
      ],
    ],
  ),

  // How it is started
  ...faultsIn(
    "python/mlflow_auth/environment.py",
    ["test/python-start"],
    [
      ["(index > behind and real != here)", "real != here", "a plugin in the script's folder is used"],
      ["(index > behind and real != here)", "False", "a plugin that a .pth file leads to is not found"],
      [
        "if os.path.isabs(path) and _real(path) != here]",
        "]",
        "with PYTHONPATH=. a Node of the working directory runs",
      ],
      ["*_named_folders()", "", "a plugin in a folder of PYTHONPATH is not found"],
      [
        "*_site_folders(),",
        "",
        "a plugin in the user's own folder is not found",
        { accepted: "it stands behind the standard library on sys.path as well" },
      ],
    ],
  ),
  ...faultsIn(
    "python/mlflow_auth/node.py",
    ["test/python-start"],
    [
      ["if not os.path.isabs(path):", "if False:", "a Node of the working directory runs"],
      ["if not os.path.isfile(path):", "if False:", "nobody is told which variable names a file that is not there"],
      ["if (sys.platform, machine) in SERVED:", "if True:", "a platform without a wheel is told to install one"],
    ],
  ),
  ...faultsIn(
    "python/mlflow_auth/command.py",
    ["test/python-start"],
    [
      [
        "environment = {**os.environ, VARIABLE: _json(told)}",
        "environment = {**os.environ}",
        "no plugin of pip is found",
      ],
      ['if os.name == "nt":', "if False:", "on Windows the command ends in a traceback"],
      ["sys.exit(_EXIT)", "sys.exit(1)", "what can't be started ends as a problem that was found"],
    ],
  ),

  // Which plugins are its own
  ...faultsIn(
    "core/src/discovery/python-environment.ts",
    ["core/python-environment"],
    [
      ["delete env[pythonVariable];", "", "a program under exec hands our plugins to another command"],
      [
        'plugins.filter((folder) => typeof folder === "string" && isAbsolute(folder))',
        "plugins",
        "a plugin of the working directory is used",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/discovery/package-trust.ts",
    ["core/python-environment"],
    [
      [
        "this.#environment.some((folder) => contains(folder, end))",
        "true",
        "in a project, a group writes what plugins run",
      ],
      [
        "this.#environment.some((folder) => contains(folder, end))",
        "false",
        "in Jupyter's images no plugin can be used",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/discovery/roots.ts",
    ["core/python-environment"],
    [
      [
        "if (python === undefined) {",
        "if (true) {",
        "no plugin from pip is found, but what lies around the command by chance",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/discovery",
    ["core/python-environment"],
    [
      [
        '`"mlflow-auth[${names.join(",")}]"`',
        '`mlflow-auth[${names.join(",")}]`',
        "zsh takes the remedy for a pattern",
      ],
    ],
  ),
  ...faultsIn(
    "python/mlflow_auth/command.py",
    ["test/python-start"],
    [['getattr(sys, "frozen", False)', "False", "a packed program starts itself with each proxy, without end"]],
  ),
  ...faultsIn(
    "python/mlflow_auth/provider.py",
    ["test/python-start"],
    [
      [
        "                if signs_by_itself():",
        "                if False:",
        "requests go out without the credential, and nobody says so",
      ],
      ['.lower() in ("true", "1")', ' == "true"', "MLflow signs, and nobody says so"],
      [
        " and os.path.isfile(path) for",
        " for",
        "what another program left in PYTHONPATH keeps this one from its bridge",
      ],
      ["os.pathsep not in bridge and (", "(", "PYTHONPATH grows with each request"],
    ],
  ),
];
