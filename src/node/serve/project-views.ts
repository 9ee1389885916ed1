import { defaultPublishedKeyTypes } from '../../jose/key-types.ts';
import type { DeployedView } from '../../protocol/content.ts';
import type { StoredObject } from '../stored-object.ts';

/** The views of each project, and the key types of its own set. */
export class ProjectViews {
  /** By project and name. */
  readonly #views = new Map<string, Map<string, DeployedView>>();
  readonly #keyTypes = new Map<string, readonly string[]>();

  clear(): void {
    this.#views.clear();
    this.#keyTypes.clear();
  }

  add({ project, view, projectSet }: StoredObject): void {
    if (projectSet !== undefined) this.#keyTypes.set(project, projectSet.keyTypes);
    if (view === undefined) return;
    const ofProject = this.#views.get(project) ?? new Map<string, DeployedView>();
    this.#views.set(project, ofProject.set(view.name, view));
  }

  remove({ project, view, projectSet }: StoredObject): void {
    if (projectSet !== undefined) this.#keyTypes.delete(project);
    const ofProject = this.#views.get(project);
    // One that was deleted may give its name to another before the node hears of either.
    if (view === undefined || ofProject?.get(view.name)?.id !== view.id) return;
    ofProject.delete(view.name);
    if (ofProject.size === 0) this.#views.delete(project);
  }

  find(project: string, name: string): DeployedView | undefined {
    return this.#views.get(project)?.get(name);
  }

  names(project: string): Iterable<string> {
    return this.#views.get(project)?.keys() ?? [];
  }

  keyTypes(project: string): readonly string[] {
    return this.#keyTypes.get(project) ?? defaultPublishedKeyTypes;
  }
}
