/** On every answer that is made here in MLflow's place: what it tells is known to nobody else. */
export const NOT_RECORDED = "X-MLflow-Auth-Not-Recorded";
