/** `start-as-user.ts UID GID FOLDER [FILE]`: starts as that user, and prints what `start` tells. The modules are loaded as root. */
import { start } from "./start.ts";

const [uid, gid, folder = "", configFile] = process.argv.slice(2);
process.setgroups?.([]);
process.setgid?.(Number(gid));
process.setuid?.(Number(uid));
process.umask(0o002);
console.log(await start(folder, { configFile }));
