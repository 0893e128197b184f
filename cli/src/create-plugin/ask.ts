/** The conversation on a terminal: what no option says. */
import { askOne, askSome, askText } from "../prompts.js";
import { type Kind, kindNames, kinds } from "./kinds.js";
import { readName } from "./name.js";
import type { Language } from "./templates.js";

/** @param refusal why a name's folder can't be made @throws Cancelled */
export async function askName(refusal: (name: string) => string | undefined): Promise<string> {
  return askText({
    message: "What does the plugin bring credentials, headers or tags from?",
    hint: "for example acme",
    check: (text) => {
      const name = readName(text);
      return typeof name === "string" ? name : refusal(name.folder);
    },
  });
}

/** @throws Cancelled */
export async function askKinds(): Promise<Kind[]> {
  const options = kindNames.map((kind) => ({ value: kind, label: `${kind}: ${kinds[kind].description}` }));
  return (await askSome("What does it give?", options, ["auth"])) as Kind[];
}

/** @throws Cancelled */
export async function askLanguage(): Promise<Language> {
  return (await askOne("In which language?", [
    { value: "typescript", label: "TypeScript, with tests" },
    { value: "javascript", label: "JavaScript: package.json and index.js, and no build" },
  ])) as Language;
}
