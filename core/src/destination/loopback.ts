export { isLoopback, isPrivate } from "../config/loopback.js";
