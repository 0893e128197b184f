/** SageMaker's managed MLflow, as its plugin for MLflow (sagemaker-mlflow, PyPI) asks it. */

/** What one of its resources is asked with. */
export interface SageMakerMlflow {
  readonly arn: string;
  readonly region: string;
  /** The service to sign for. */
  readonly service: string;
  /** The header that says which tracking server or app is meant, for all of a region share one host. */
  readonly header: string;
  /** Where it is asked, but for endpoints of one's own: what a person lists as the server. */
  readonly host: string;
}

const kinds = {
  "mlflow-tracking-server": {
    service: "sagemaker-mlflow",
    header: "x-mlflow-sm-tracking-server-arn",
    hostIn: (region: string) => `${region}.experiments.sagemaker.aws`,
  },
  "mlflow-app": {
    service: "sagemaker",
    header: "x-sm-mlflow-app-arn",
    hostIn: (region: string) => `mlflow.sagemaker.${region}.app.aws`,
  },
} as const;

/** @param arn `arn:PARTITION:sagemaker:REGION:ACCOUNT:KIND/NAME`, as the schema lets it pass */
export function sageMakerMlflow(arn: string): SageMakerMlflow {
  const [, , , region = "", , resource = ""] = arn.split(":");
  const { service, header, hostIn } = kinds[resource.split("/", 1)[0] as keyof typeof kinds];
  return { arn, region, service, header, host: hostIn(region) };
}

/** Whether it is one of SageMaker's own hosts for MLflow, of whatever region and kind. */
export function isSageMakerHost(host: string): boolean {
  return /^[a-z0-9-]+\.experiments\.sagemaker\.[a-z.]+$|^mlflow\.sagemaker\.[a-z0-9-]+\.app\.[a-z.]+$/.test(host);
}

const arnHeaders: readonly string[] = Object.values(kinds).map(({ header }) => header);

/** The name of a client's header that asks for an MLflow of the other kind than `own` says, in whatever spelling servers read. */
export function otherArnHeader(
  headers: readonly (readonly [name: string, value: string])[],
  own: Readonly<Record<string, string>>,
): string | undefined {
  const others = arnHeaders.some((name) => name in own) ? arnHeaders.filter((name) => !(name in own)) : [];
  return others.find((name) => headers.some(([given]) => given.toLowerCase().replaceAll("_", "-") === name));
}
