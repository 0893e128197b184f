/** The servers that the broken set-ups of one process share: a Vault that has the secret, MLflow, and an nginx that wants it. */
import { closeAfterwards } from "@mlflow-auth/test/suite";
import type { Certificate } from "../../servers/certificates.ts";
import type { Front } from "../../servers/front.ts";
import { startNginxSites } from "../fixture/nginx-sites.ts";
import { bearer, type Stage, startStage } from "../fixture/stage.ts";

/** A site of an nginx whose operator can be talked to. */
export interface OwnSite {
  readonly uri: string;
  /** Another content for its `server { }`. */
  rewrite(text: string): Promise<void>;
  stop(): Promise<void>;
}

export interface Scene extends Stage {
  /** What the front lets in as a Bearer token, and Vault has at `secret/mlflow/auth`. */
  readonly secret: string;
  /** In front of MLflow. */
  readonly front: Front;
  /** A Vault token that may read that secret. */
  readonly vaultToken: string;
  /** nginx's words for passing a request on to MLflow. */
  readonly pass: string;
  /** An nginx of a set-up's own, until its test ends. The text is the content of its `server { }`. */
  openSite(text: string, certificate?: Certificate): Promise<OwnSite>;
}

/** Starts them, and has them stopped when the suite is over. */
export async function openScene(): Promise<Scene> {
  const stage = await startStage();
  closeAfterwards(() => stage.stop());
  const secret = stage.watch.secret();
  await stage.vault.put("secret/mlflow/auth", { token: secret });
  const front = await stage.openFront(bearer(secret));
  const { host } = new URL(stage.mlflow.uri);
  return {
    ...stage,
    secret,
    front,
    vaultToken: await stage.vault.token(),
    pass: `proxy_set_header Host ${host}; proxy_pass ${stage.mlflow.uri};`,
    async openSite(text, certificate) {
      const { uris, rewrite, stop } = await startNginxSites({ site: text }, certificate);
      closeAfterwards(stop);
      return { uri: uris.site, rewrite: (other) => rewrite("site", other), stop };
    },
  };
}
