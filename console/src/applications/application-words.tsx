import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { Application, Grant } from '../../../clients/typescript/src/index.ts';
import { projectPath } from '../layout/project.ts';

export type { Application, Grant };

/** Which application a page is about. */
export interface ApplicationRef {
  readonly projectName: string;
  readonly applicationName: string;
}

const operationWords: Readonly<Record<Grant['operations'][number], string>> = {
  SIGN: 'sign',
  SIGN_RAW: 'sign any payload',
  VERIFY: 'verify',
  ENCRYPT: 'encrypt',
  DECRYPT: 'decrypt',
  MAC: 'compute MACs',
  ISSUE: 'issue tokens',
};

/** `api-signing: sign, verify` with a link to the key ring or the JWK. */
export function GrantTexts({
  projectName,
  grants,
}: {
  readonly projectName: string;
  readonly grants: readonly Grant[];
}) {
  if (grants.length === 0) {
    return (
      <Text span c="dimmed" fz="inherit">
        nothing
      </Text>
    );
  }
  return grants.map((grant) => {
    const { operations } = grant;
    const [page, name] = pageOf(grant);
    return (
      <div key={`${page} ${name}`}>
        <Anchor component={Link} href={projectPath(projectName, page, name)} fz="inherit" underline="always">
          {name}
        </Anchor>
        : {operations.map((operation) => operationWords[operation]).join(', ')}
        {rateText(grant)}
      </div>
    );
  });
}

function pageOf({ keyRingName, jwkName, tokenProfileName }: Grant): readonly [page: string, name: string] {
  if (keyRingName !== undefined) return ['key-rings', keyRingName];
  return tokenProfileName === undefined ? ['jwks', jwkName ?? ''] : ['token-profiles', tokenProfileName];
}

function rateText({ ratePerSecond, burst }: Grant): string {
  if (ratePerSecond === undefined) return '';
  return `, ${ratePerSecond} per second${burst === undefined ? '' : ` and ${burst} at once`}`;
}
