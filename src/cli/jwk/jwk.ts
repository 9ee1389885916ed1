import type { Command } from 'commander';
import { groupCommand } from '../client-command.ts';
import { addJwkCreate } from './create.ts';
import { addJwkDelete } from './delete.ts';
import { addJwkDeployment } from './deployment.ts';
import { addJwkExport } from './export.ts';
import { addJwkGenerate } from './generate.ts';
import { addJwkGet } from './get.ts';
import { addJwkHistory } from './history.ts';
import { addJwkImport } from './import.ts';
import { addJwkInspect } from './inspect.ts';
import { addJwkList } from './list.ts';
import { addJwkUpdate } from './update.ts';

/** `keyplane jwk`: the JWKs of a project. */
export function addJwkCommand(program: Command): void {
  const group = groupCommand(program, 'jwk', 'JSON Web Keys of a project');
  addJwkCreate(group);
  addJwkGenerate(group);
  addJwkList(group);
  addJwkGet(group);
  addJwkUpdate(group);
  addJwkDelete(group);
  addJwkImport(group);
  addJwkExport(group);
  addJwkInspect(group);
  addJwkDeployment(group);
  addJwkHistory(group);
}
