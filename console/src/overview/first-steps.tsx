import { Button, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { Overview } from '../../../clients/typescript/src/index.ts';
import { Icon } from '../display/icon.tsx';
import { Section } from '../display/section.tsx';
import { environmentPath } from '../environments/environment-path.ts';
import { projectPath } from '../layout/project.ts';
import { mayIn, type Session } from '../session/session.ts';
import { useSignedIn } from '../session/session-context.ts';

interface Step {
  readonly title: string;
  readonly text: string;
  readonly isDone: boolean;
  /** Undefined while another step has to come first. */
  readonly path: string | undefined;
  readonly action: string;
}

/** The steps before a verifier can fetch a key; shown until all are done. */
export function FirstSteps({ overview }: { readonly overview: Overview }) {
  const session = useSignedIn();
  const steps = stepsOf(overview, session);
  if (steps.every(({ isDone }) => isDone)) return null;
  const next = steps.find(({ isDone, path }) => !isDone && path !== undefined);
  return (
    <Section title="First steps" description="Four steps until verifiers can fetch the first key.">
      <ol className="rows">
        {steps.map((step) => (
          <li key={step.title} data-done={step.isDone || undefined}>
            <span className="step">
              {step.isDone ? (
                <span className="step-done">
                  <Icon name="check" />
                </span>
              ) : (
                <span className="step-open" />
              )}
              <span>
                <Text span fw={500}>
                  {step.title}
                  <span className="visually-hidden">{step.isDone ? ' (done)' : ' (to do)'}</span>
                </Text>
                <Text size="sm" c="dimmed">
                  {step.text}
                </Text>
              </span>
            </span>
            {!step.isDone && step.path !== undefined && (
              <Button
                component={Link}
                href={step.path}
                size="compact-md"
                variant={step === next ? 'filled' : 'default'}
              >
                {step.action}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}

function stepsOf({ projects, environments }: Overview, session: Session): readonly Step[] {
  const waiting = environments.find(({ nodes }) => nodes.length === 0) ?? environments[0];
  const joined = environments.some(({ nodes }) => nodes.length > 0);
  const target = projects.find(({ name }) =>
    mayIn(session, name, 'ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES'),
  );
  const ofAdministrators: readonly Step[] = [
    {
      title: 'Create a project',
      text: 'It holds keys, and decides who may change them.',
      isDone: projects.length > 0,
      path: '/projects',
      action: 'Create a project',
    },
    {
      title: 'Create an environment',
      text: 'Keys are deployed to it, such as production.',
      isDone: environments.length > 0,
      path: '/environments',
      action: 'Create an environment',
    },
    {
      title: 'Join a node',
      text: 'It serves the keys of an environment, also while no manager runs.',
      isDone: joined,
      path: waiting && environmentPath(waiting.name),
      action: 'Join a node',
    },
  ];
  const create: Step = {
    title: 'Create a JWK',
    text: 'Generate a key, or import one that you have.',
    isDone: projects.some(({ jwks }) => jwks > 0) || (!session.admin && target === undefined),
    path: target && projectPath(target.name, 'new-jwk'),
    action: 'Create a JWK',
  };
  return session.admin ? [...ofAdministrators, create] : [create];
}
