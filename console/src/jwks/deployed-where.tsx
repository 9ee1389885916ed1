import { Text } from '@mantine/core';
import { Status } from '../display/status.tsx';
import { deploymentStatuses } from '../display/status-words.ts';
import type { ListedJwk } from './jwk-words.ts';

/** The number of names that fit into a column. */
const mostNames = 3;

/** The environments that have a JWK, and by name each one where a node lacks it. */
export function DeployedWhere({ deployments, ringState }: Pick<ListedJwk, 'deployments' | 'ringState'>) {
  if (deployments === undefined) return null;
  if (deployments.length === 0) {
    return (
      <Text
        span
        fz="inherit"
        c="dimmed"
        title={ringState === null ? 'The project reaches no environment' : 'Nodes do not have it'}
      >
        nowhere
      </Text>
    );
  }
  const complete = deployments.filter(({ state }) => state === 'DEPLOYED');
  const incomplete = deployments.filter(({ state }) => state !== 'DEPLOYED');
  const names = complete.map(({ environmentName }) => environmentName);
  return (
    <>
      {incomplete.map(({ environmentName, state }) => {
        const status = deploymentStatuses[state];
        return (
          <div key={environmentName}>
            <Status of={status} prefix={environmentName} />
          </div>
        );
      })}
      {names.length > 0 && (
        <div className="environments" title={names.join(', ')}>
          {names.length > mostNames ? `${names.length} environments` : names.join(', ')}
        </div>
      )}
    </>
  );
}
