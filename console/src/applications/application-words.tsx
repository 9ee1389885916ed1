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
  return grants.map(({ keyRingName, jwkName = '', operations }) => {
    const name = keyRingName ?? jwkName;
    const page = keyRingName === undefined ? 'jwks' : 'key-rings';
    return (
      <div key={`${page} ${name}`}>
        <Anchor component={Link} href={projectPath(projectName, page, name)} fz="inherit" underline="always">
          {name}
        </Anchor>
        : {operations.map((operation) => operationWords[operation]).join(', ')}
      </div>
    );
  });
}
