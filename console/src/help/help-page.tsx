import { Anchor, Code, List, Stack, Text } from '@mantine/core';
import { Facts } from '../display/facts.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { Section } from '../display/section.tsx';
import { StatusMeanings } from '../display/status.tsx';
import {
  deploymentStatuses,
  nodeStatuses,
  sourceStatuses,
  validityStatuses,
} from '../display/status-words.ts';
import { outletStatuses } from '../outlets/outlet-words.ts';
import { lateStatus, memberStatuses, ringStatuses } from '../rings/ring-words.ts';
import { useSignedIn } from '../session/session-context.ts';

const words = [
  ['JWK', 'One JSON Web Key. It belongs to a project and is deployed to every environment of that project.'],
  ['Project', 'Holds JWKs, certificates, keys and keystores, and decides which users may change them.'],
  ['Environment', 'A place where keys are served, such as production. Nodes join it.'],
  [
    'Node',
    'A server that publishes the public keys of its environment, and keeps doing so while no manager runs.',
  ],
  ['JWK Set', 'The public keys that a node publishes for one project. Verifiers fetch it over HTTP.'],
  ['View', 'One more JWK Set of a project, with a part of its keys, at a separate address.'],
  [
    'Key ring',
    'The keys of one purpose, which keyplane replaces on schedule. Its keys are JWKs: one is active, the next is published.',
  ],
  [
    'Application',
    'A program that has nodes sign, verify, encrypt, decrypt or issue tokens with keys of a project. It is known by a token, a certificate or a JWT.',
  ],
  [
    'Operation',
    'The use of a key at a node for an application: sign, verify, encrypt, decrypt, MAC, or issue a token. The key does not leave the node.',
  ],
  [
    'Grant',
    'The operations that an application may request with one key ring, JWK or token profile, and how many per second.',
  ],
  [
    'Token profile',
    'Decides what tokens contain: issuer, audience, subject, lifetime and claims. Applications give only what it leaves open.',
  ],
  [
    'Outlet',
    'Delivers keys to a component in the form that it reads: files, a secret in Vault, or events to a webhook. Key rings wait for it as they do for nodes.',
  ],
  ['Event', 'What happened to an object of a project. Programs read events, or a webhook receives them.'],
  [
    'Usage',
    'How often each application used a key, and when it did so last. Nodes report it every 10 seconds.',
  ],
  ['Revision', 'The number of the latest change to an environment. A node that has confirmed it is current.'],
] as const;

/** What the words of the console mean, and where the rest is written. It needs no connection to anywhere else. */
export function HelpPage() {
  const { cliCommand } = useSignedIn();
  return (
    <Stack>
      <PageHeader title="Help" description="Links, terms and status words." />
      <Section title="References">
        <List size="sm" spacing="xs">
          <List.Item>
            <Anchor href="/docs">API reference</Anchor>: every operation, with curl and TypeScript
          </List.Item>
          <List.Item>
            <Anchor href="/openapi.json">OpenAPI description</Anchor>, for generators
          </List.Item>
          <List.Item>
            <Anchor href="/readyz">Readiness</Anchor> of this manager
          </List.Item>
        </List>
        <Text size="sm" mt="sm">
          The command line covers the whole API. Sign in, then ask it for its commands:
        </Text>
        <Code block mt="xs">
          {`${cliCommand} login ${location.origin}\n${cliCommand} --help`}
        </Code>
      </Section>
      <Section title="Terms">
        <Facts facts={words} />
      </Section>
      <div className="overview">
        <Section title="Deployment of a JWK">
          <StatusMeanings words={Object.values(deploymentStatuses)} />
        </Section>
        <Section title="Status of a node">
          <StatusMeanings words={Object.values(nodeStatuses)} />
        </Section>
        <Section title="Validity of a JWK">
          <StatusMeanings words={Object.values(validityStatuses)} />
        </Section>
        <Section title="State of a key ring">
          <StatusMeanings words={[...Object.values(ringStatuses), lateStatus]} />
        </Section>
        <Section title="State of a key in a key ring">
          <StatusMeanings words={Object.values(memberStatuses)} />
        </Section>
        <Section title="JWKs that follow a URL">
          <StatusMeanings words={Object.values(sourceStatuses)} />
        </Section>
        <Section title="Deliveries of an outlet">
          <StatusMeanings words={Object.values(outletStatuses)} />
        </Section>
      </div>
    </Stack>
  );
}
