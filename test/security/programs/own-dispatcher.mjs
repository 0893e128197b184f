// A program's own choice of dispatcher, made before `register` is loaded.
import { Agent, setGlobalDispatcher } from "undici";

setGlobalDispatcher(new Agent({ allowH2: true }));
