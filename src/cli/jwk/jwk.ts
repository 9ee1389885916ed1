import type { Command } from 'commander';
import { nounCommand } from '../client-command.ts';
import { addJwkCreate } from './create.ts';
import { addJwkDelete } from './delete.ts';
import { addJwkExport } from './export.ts';
import { addJwkGenerate } from './generate.ts';
import { addJwkGet } from './get.ts';
import { addJwkImport } from './import.ts';
import { addJwkInspect } from './inspect.ts';
import { addJwkList } from './list.ts';
import { addJwkTrail } from './trail.ts';
import { addJwkUpdate } from './update.ts';

/** `keyplane jwk`: the JWKs of a project. */
export function addJwkCommand(program: Command): void {
  const noun = nounCommand(program, 'jwk', 'JSON Web Keys of a project');
  addJwkCreate(noun);
  addJwkGenerate(noun);
  addJwkList(noun);
  addJwkGet(noun);
  addJwkUpdate(noun);
  addJwkDelete(noun);
  addJwkImport(noun);
  addJwkExport(noun);
  addJwkInspect(noun);
  addJwkTrail(noun);
}
