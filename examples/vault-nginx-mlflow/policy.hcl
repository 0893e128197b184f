# All that a training job may do at Vault.
path "secret/data/mlflow/auth" {
  capabilities = ["read"]
}
