import { ScrollArea, Text } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { version } from '../../../src/version.ts';
import { Icon, type IconName } from '../display/icon.tsx';
import { mayIn } from '../session/session.ts';
import { useSignedIn } from '../session/session-context.ts';
import { projectPath, useCurrentProject } from './project.ts';
import { ProjectSelect } from './project-select.tsx';

interface Entry {
  readonly label: string;
  readonly icon: IconName;
  readonly path: string;
  /** Pages below its path are others. */
  readonly isExact?: boolean;
}

/** Pages that the user's roles forbid are hidden. */
function useEntries(): { readonly project: readonly Entry[]; readonly installation: readonly Entry[] } {
  const session = useSignedIn();
  const projectName = useCurrentProject();
  const project: Entry[] = [];
  if (projectName !== undefined) {
    const add = (label: string, icon: IconName, page?: string) =>
      project.push({ label, icon, path: projectPath(projectName, page), isExact: page === undefined });
    if (mayIn(session, projectName, 'ROLE_API_SECURITY')) {
      add('JWKs', 'jwk', 'jwks');
      add('Key rings', 'ring', 'key-rings');
      add('Views', 'view', 'views');
      add('Outlets', 'outlet', 'outlets');
      add('Applications', 'application', 'applications');
      add('Token profiles', 'profile', 'token-profiles');
    }
    if (mayIn(session, projectName, 'ROLE_MANAGE_PROXIES'))
      add('Certificates', 'certificate', 'certificates');
    if (mayIn(session, projectName, 'ROLE_API_SECURITY')) add('Keys', 'key', 'keys');
    if (mayIn(session, projectName, 'ROLE_API_SECURITY')) add('Keystores', 'keystore', 'keystores');
    if (mayIn(session, projectName, 'ROLE_API_SECURITY')) add('Events', 'event', 'events');
    add('Project', 'project');
  }
  const own: Entry[] = [{ label: 'My tokens', icon: 'token', path: '/tokens' }];
  const admin: Entry[] = [
    { label: 'Projects', icon: 'project', path: '/projects', isExact: true },
    { label: 'Environments', icon: 'environment', path: '/environments' },
    { label: 'Users', icon: 'user', path: '/users' },
    { label: 'Audit log', icon: 'audit', path: '/audit' },
  ];
  return { project, installation: session.admin ? [...admin, ...own] : own };
}

export function Navigation({ onFollow }: { readonly onFollow: () => void }) {
  const { project, installation } = useEntries();
  return (
    <ScrollArea className="navigation">
      <NavigationLink
        entry={{ label: 'Overview', icon: 'overview', path: '/', isExact: true }}
        onFollow={onFollow}
      />
      <ProjectSelect onFollow={onFollow} />
      {project.map((entry) => (
        <NavigationLink key={entry.path} entry={entry} onFollow={onFollow} />
      ))}
      <Text className="navigation-label">Installation</Text>
      {installation.map((entry) => (
        <NavigationLink key={entry.path} entry={entry} onFollow={onFollow} />
      ))}
    </ScrollArea>
  );
}

function NavigationLink({ entry, onFollow }: { readonly entry: Entry; readonly onFollow: () => void }) {
  const [location] = useLocation();
  const { label, icon, path, isExact = false } = entry;
  const isHere = location === path;
  return (
    <Link
      href={path}
      className="navigation-link"
      data-active={isHere || (!isExact && location.startsWith(`${path}/`)) || undefined}
      aria-current={isHere ? 'page' : undefined}
      onClick={onFollow}
    >
      <Icon name={icon} />
      {label}
    </Link>
  );
}

/** Links that belong to no page: the API reference, help, and the version. */
export function NavigationFoot({ onFollow }: { readonly onFollow: () => void }) {
  return (
    <div>
      <a className="navigation-link" href="/docs">
        <Icon name="reference" />
        API reference
      </a>
      <NavigationLink entry={{ label: 'Help', icon: 'help', path: '/help' }} onFollow={onFollow} />
      <Text size="xs" c="dimmed" px="xs" py={4}>
        keyplane {version}
      </Text>
    </div>
  );
}
