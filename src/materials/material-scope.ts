/** On whose behalf, and where. */
export interface MaterialScope {
  readonly projectId: string;
  readonly projectName: string;
  readonly actor: string;
}
