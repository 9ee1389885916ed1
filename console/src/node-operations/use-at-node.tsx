import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { Section } from '../display/section.tsx';
import { Block } from '../jwk-detail/public-part.tsx';
import { projectPath } from '../layout/project.ts';
import { type CommandTarget, nodeCommandLine } from './node-command.ts';

export interface UsedKey {
  readonly use: 'sig' | 'enc' | null;
  readonly type: string;
}

/** What applications do with a key at a node, by its use. */
export function UseAtNode({
  projectName,
  target,
  usedKey: { use, type },
}: {
  readonly projectName: string;
  readonly target: CommandTarget;
  readonly usedKey: UsedKey;
}) {
  const isRing = target.keyRingName !== undefined;
  const isSecret = type === 'OCT';
  return (
    <Section
      title="Use it at a node"
      description="As an application with a grant, at a node with an operations listener. Replace NODE with its host and port"
    >
      <Stack>
        <Text size="sm">
          {use === 'enc' ? encryptionText(isRing, isSecret) : signatureText(isSecret)}{' '}
          <Anchor
            component={Link}
            href={projectPath(projectName, 'applications')}
            fz="inherit"
            underline="always"
          >
            Applications
          </Anchor>{' '}
          have the grants.
        </Text>
        {use === 'enc' ? (
          <>
            <Block label="Encrypt command" text={nodeCommandLine(projectName, target, 'ENCRYPT')} />
            <Block label="Decrypt command" text={nodeCommandLine(projectName, target, 'DECRYPT')} />
          </>
        ) : (
          <>
            <Block label="Sign command" text={nodeCommandLine(projectName, target, 'SIGN')} />
            <Block label="Verify command" text={nodeCommandLine(projectName, target, 'VERIFY')} />
            {isSecret && <Block label="MAC command" text={nodeCommandLine(projectName, target, 'MAC')} />}
          </>
        )}
      </Stack>
    </Section>
  );
}

function encryptionText(isRing: boolean, isSecret: boolean): string {
  if (!isRing)
    return 'Applications that may encrypt send messages to this key, and those that may decrypt read them.';
  return isSecret
    ? 'Nodes encrypt with the active key, and decrypt with each key that they have, so a rotation loses no message. The key is in no JWK Set.'
    : 'Partners find the active public key in the JWK Set, or have a node encrypt with it. Nodes decrypt with each key that they have, so messages to the former key still arrive during a rotation.';
}

function signatureText(isSecret: boolean): string {
  return isSecret
    ? 'Nodes sign tokens and compute MACs with it, and verify both. It is in no JWK Set, so only nodes and holders of the key verify.'
    : 'Nodes sign with it; verifiers use the JWK Set, or have a node verify.';
}
