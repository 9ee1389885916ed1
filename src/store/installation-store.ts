// Facts about this installation as a whole, such as when it was made.

export interface InstallationStore {
  get(key: string): Promise<string | undefined>;
  put(key: string, value: string): Promise<void>;
}
