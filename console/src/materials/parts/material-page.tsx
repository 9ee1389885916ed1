import { Anchor, Button, List, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { DeletionScope, useDeletion } from '../../api/deletion.tsx';
import { DangerButton } from '../../display/danger-button.tsx';
import { DeploymentNote } from '../../display/deployment-note.tsx';
import { Facts } from '../../display/facts.tsx';
import { ConfirmByName } from '../../display/form/confirm-by-name.tsx';
import { keepDeployment, useLastDeployment } from '../../display/last-deployment.ts';
import { PageHeader } from '../../display/page-header.tsx';
import { QueryView } from '../../display/query-view.tsx';
import { Section } from '../../display/section.tsx';
import { Instant } from '../../display/time.tsx';
import { projectPath } from '../../layout/project.ts';
import { mayIn } from '../../session/session.ts';
import { useSignedIn } from '../../session/session-context.ts';
import type { MaterialPages } from './material-kind.ts';
import type { MaterialItem } from './materials-page.tsx';
import { JwkLink, useReferences } from './references.tsx';

interface MaterialPageProps<Item extends MaterialItem> {
  readonly kind: MaterialPages;
  readonly fetchOne: (projectName: string, name: string) => Promise<{ readonly resultList: readonly Item[] }>;
  /** The dialog that replaces it. */
  readonly replace: (item: Item, projectName: string, onClose: () => void) => ReactNode;
  readonly actions?: (item: Item, projectName: string) => ReactNode;
  readonly children: (item: Item, projectName: string) => ReactNode;
}

/** One certificate, key or keystore: its details in each environment, and the JWKs created from it. */
export function MaterialPage<Item extends MaterialItem>(props: MaterialPageProps<Item>) {
  const { projectName = '', name = '' } = useParams<{ projectName: string; name: string }>();
  const [, navigate] = useLocation();
  const onDeleted = () => navigate(projectPath(projectName, props.kind.page));
  return (
    <DeletionScope key={`${projectName}/${name}`}>
      <Found {...props} projectName={projectName} name={name} onDeleted={onDeleted} />
    </DeletionScope>
  );
}

interface FoundProps<Item extends MaterialItem> extends MaterialPageProps<Item> {
  readonly projectName: string;
  readonly name: string;
  readonly onDeleted: () => void;
}

function Found<Item extends MaterialItem>(props: FoundProps<Item>) {
  const { kind, fetchOne, projectName, name } = props;
  const found = useQuery({
    queryKey: ['material', kind.page, projectName, name],
    queryFn: async () => (await fetchOne(projectName, name)).resultList[0],
  });
  const up = { path: projectPath(projectName, kind.page), label: kind.title };
  if (found.data === undefined) {
    return (
      <Stack>
        <PageHeader title={name} up={up} />
        <QueryView query={found}>{() => null}</QueryView>
      </Stack>
    );
  }
  return <Details {...props} item={found.data} up={up} />;
}

function Details<Item extends MaterialItem>({
  kind,
  replace,
  actions,
  children,
  item,
  projectName,
  up,
  onDeleted,
}: FoundProps<Item> & {
  readonly item: Item;
  readonly up: { readonly path: string; readonly label: string };
}) {
  const session = useSignedIn();
  const [dialog, setDialog] = useState<'replace' | 'delete' | undefined>();
  const close = () => setDialog(undefined);
  const deployment = useLastDeployment([kind.page, projectName, item.name]);
  return (
    <Stack>
      <PageHeader title={item.name} up={up}>
        {actions?.(item, projectName)}
        {mayIn(session, projectName, kind.role, 'ROLE_DEPLOY_UNDEPLOY_PROXIES') && (
          <>
            <Button variant="default" onClick={() => setDialog('replace')}>
              Replace
            </Button>
            <DangerButton onClick={() => setDialog('delete')}>Delete</DangerButton>
          </>
        )}
      </PageHeader>
      {deployment.announcement !== null && (
        <DeploymentNote {...deployment.announcement} onClose={deployment.close} />
      )}
      {children(item, projectName)}
      <Section title="Details">
        <Facts
          facts={[
            ['Description', item.description],
            ['Created', <Instant key="created" at={item.createdAt} />],
            ['Changed', <Instant key="changed" at={item.updatedAt} />],
          ]}
        />
      </Section>
      <References kind={kind} projectName={projectName} name={item.name} />
      {dialog === 'replace' && replace(item, projectName, close)}
      {dialog === 'delete' && (
        <DeleteMaterial
          kind={kind}
          projectName={projectName}
          onDeleted={onDeleted}
          name={item.name}
          onClose={close}
        />
      )}
    </Stack>
  );
}

interface MaterialRef {
  readonly kind: MaterialPages;
  readonly projectName: string;
  readonly name: string;
}

function References(material: MaterialRef) {
  const references = useReferences(material);
  return (
    <Section title={`JWKs created from this ${material.kind.one}`}>
      <QueryView query={references}>
        {({ resultList }) =>
          resultList.length === 0 ? (
            <Text c="dimmed">None, or none in a project that you are a member of.</Text>
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

function DeleteMaterial({
  kind,
  projectName,
  name,
  onDeleted,
  onClose,
}: MaterialRef & { readonly onDeleted: () => void; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const references = useReferences({ kind, projectName, name });
  const remove = useDeletion(
    () => kind.remove(projectName, name),
    ({ deploymentResult: result }) => {
      keepDeployment(queries, [kind.page, projectName, ''], { title: `${name} is deleted`, result });
      onDeleted();
    },
  );
  const jwks = references.data?.resultList ?? [];
  return (
    <ConfirmByName
      title={`Delete ${name}`}
      name={name}
      action={`Delete the ${kind.one}`}
      error={remove.error}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text>It is removed from every node of its environments and deleted for good.</Text>
      {jwks.length > 0 ? (
        <>
          <Text>These JWKs were created from it. They keep their keys and no longer follow it:</Text>
          <List>
            {jwks.map((jwk) => (
              <List.Item key={`${jwk.projectName} ${jwk.name}`}>{jwk.name}</List.Item>
            ))}
          </List>
        </>
      ) : (
        <Text>No JWK that you can see was created from it. A JWK that was keeps its key.</Text>
      )}
      <Anchor component={Link} href={projectPath(projectName, 'jwks')} size="sm">
        JWKs of {projectName}
      </Anchor>
    </ConfirmByName>
  );
}
