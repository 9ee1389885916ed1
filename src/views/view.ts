// Views: JWK Sets with a part of the public keys of a project.

import type { DeployedSelection } from '../protocol/content.ts';

/** Keys by id where it names them, so that it follows no other object that gets their name. */
export type Selection = DeployedSelection;

export interface View {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string | null;
  /** Null: all keys of the project. */
  readonly include: Selection | null;
  readonly exclude: Selection | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The row was altered outside keyplane. */
  readonly altered?: boolean;
}
