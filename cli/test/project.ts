import { createProject, type Project } from "../../proxy/test/project.js";
import { startUpstream, type Upstream } from "../../proxy/test/rig.js";

export interface Site {
  readonly project: Project;
  readonly upstream: Upstream;
  /** Writes mlflow-auth.yaml: by default one server, the upstream. `URI` and `FILE` stand for its URI and the credential's file. */
  configure(text?: string): void;
  stop(): Promise<void>;
}

const usual = "version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE }\n";

/** A project with a file, and the server that it names. */
export async function createSite(): Promise<Site> {
  const project = createProject("sesame");
  const upstream = await startUpstream();
  const configure = (text = usual) => {
    project.write("mlflow-auth.yaml", text.replaceAll("URI", upstream.uri).replaceAll("FILE", project.options.file));
  };
  configure();
  return {
    project,
    upstream,
    configure,
    async stop() {
      await upstream.stop();
      project.remove();
    },
  };
}
