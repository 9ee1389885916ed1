import { Anchor, Button, List, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { useChange } from '../../api/use-change.ts';
import { DeploymentNote } from '../../display/deployment-note.tsx';
import { Facts } from '../../display/facts.tsx';
import { ConfirmByName } from '../../display/form/confirm-by-name.tsx';
import { PageHeader } from '../../display/page-header.tsx';
import { QueryView } from '../../display/query-view.tsx';
import { Section } from '../../display/section.tsx';
import { Instant } from '../../display/time.tsx';
import { projectPath } from '../../layout/project.ts';
import { mayIn } from '../../session/session.ts';
import { useSignedIn } from '../../session/session-context.ts';
import { keepDeployment, useLastDeployment } from './last-deployment.ts';
import type { MaterialNoun } from './material-noun.ts';
import type { Material } from './materials-page.tsx';
import { JwkLink, useReferences } from './references.tsx';

interface MaterialPageProps<Item extends Material> {
  readonly noun: MaterialNoun;
  readonly fetchOne: (projectName: string, name: string) => Promise<{ readonly resultList: readonly Item[] }>;
  /** A dialog that puts something else in its place. */
  readonly replace: (item: Item, projectName: string, onClose: () => void) => ReactNode;
  readonly actions?: (item: Item, projectName: string) => ReactNode;
  readonly children: (item: Item, projectName: string) => ReactNode;
}

/** One certificate, key or keystore: what it is in each environment, and the JWKs that were made from it. */
export function MaterialPage<Item extends Material>(props: MaterialPageProps<Item>) {
  const { noun, fetchOne } = props;
  const { projectName = '', name = '' } = useParams<{ projectName: string; name: string }>();
  const found = useQuery({
    queryKey: ['material', noun.page, projectName, name],
    queryFn: async () => (await fetchOne(projectName, name)).resultList[0],
  });
  const up = { path: projectPath(projectName, noun.page), label: noun.title };
  if (found.data === undefined) {
    return (
      <Stack>
        <PageHeader title={name} up={up} />
        <QueryView query={found}>{() => null}</QueryView>
      </Stack>
    );
  }
  return <Details {...props} item={found.data} projectName={projectName} up={up} />;
}

function Details<Item extends Material>({
  noun,
  replace,
  actions,
  children,
  item,
  projectName,
  up,
}: MaterialPageProps<Item> & {
  readonly item: Item;
  readonly projectName: string;
  readonly up: { readonly path: string; readonly label: string };
}) {
  const session = useSignedIn();
  const [dialog, setDialog] = useState<'replace' | 'delete' | undefined>();
  const close = () => setDialog(undefined);
  const deployment = useLastDeployment([noun.page, projectName, item.name]);
  return (
    <Stack>
      <PageHeader title={item.name} up={up}>
        {actions?.(item, projectName)}
        {mayIn(session, projectName, noun.role, 'ROLE_DEPLOY_UNDEPLOY_PROXIES') && (
          <>
            <Button variant="default" onClick={() => setDialog('replace')}>
              Replace
            </Button>
            <Button variant="default" onClick={() => setDialog('delete')}>
              Delete
            </Button>
          </>
        )}
      </PageHeader>
      {deployment.result !== null && <DeploymentNote result={deployment.result} onClose={deployment.close} />}
      <Facts
        facts={[
          ['Description', item.description],
          ['Made', <Instant key="made" at={item.createdAt} />],
          ['Changed', <Instant key="changed" at={item.updatedAt} />],
        ]}
      />
      {children(item, projectName)}
      <References noun={noun} projectName={projectName} name={item.name} />
      {dialog === 'replace' && replace(item, projectName, close)}
      {dialog === 'delete' && (
        <DeleteMaterial noun={noun} projectName={projectName} name={item.name} onClose={close} />
      )}
    </Stack>
  );
}

interface Place {
  readonly noun: MaterialNoun;
  readonly projectName: string;
  readonly name: string;
}

function References(place: Place) {
  const references = useReferences(place);
  return (
    <Section title="JWKs made from it">
      <QueryView query={references}>
        {({ resultList }) =>
          resultList.length === 0 ? (
            <Text>None that you may see.</Text>
          ) : (
            <List>
              {resultList.map((jwk) => (
                <List.Item key={`${jwk.projectName} ${jwk.name}`}>
                  <JwkLink {...jwk} />
                </List.Item>
              ))}
            </List>
          )
        }
      </QueryView>
    </Section>
  );
}

function DeleteMaterial({ noun, projectName, name, onClose }: Place & { readonly onClose: () => void }) {
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const references = useReferences({ noun, projectName, name });
  const remove = useChange(
    () => noun.remove(projectName, name),
    ({ deploymentResult }) => {
      keepDeployment(queries, [noun.page, projectName, ''], deploymentResult);
      navigate(projectPath(projectName, noun.page));
    },
  );
  const jwks = references.data?.resultList ?? [];
  return (
    <ConfirmByName
      title={`Delete ${name}`}
      name={name}
      action={`Delete the ${noun.one}`}
      error={remove.error}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text>Undeployed from its environments and gone, with all that it holds.</Text>
      {jwks.length > 0 ? (
        <>
          <Text>These JWKs were made from it. They stay as they are, and no longer follow it:</Text>
          <List>
            {jwks.map((jwk) => (
              <List.Item key={`${jwk.projectName} ${jwk.name}`}>{jwk.name}</List.Item>
            ))}
          </List>
        </>
      ) : (
        <Text>No JWK that you may see was made from it. Those that were stay as they are.</Text>
      )}
      <Anchor component={Link} href={projectPath(projectName, 'jwks')} size="sm">
        To the JWKs of {projectName}
      </Anchor>
    </ConfirmByName>
  );
}
