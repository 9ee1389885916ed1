import {
  AppShell,
  Burger,
  Button,
  Group,
  NavLink,
  ScrollArea,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { OwnPasswordDialog } from '../session/own-password-dialog.tsx';
import { mayIn, useSignOut } from '../session/session.ts';
import { useSignedIn } from '../session/session-context.ts';
import { projectPath, useProjectName } from './project.ts';
import { ProjectSelect } from './project-select.tsx';

interface Entry {
  readonly label: string;
  readonly path: string;
}

/** What a user's roles forbid is not offered. */
function useEntries(): { readonly project: readonly Entry[]; readonly installation: readonly Entry[] } {
  const session = useSignedIn();
  const projectName = useProjectName();
  const project: Entry[] = [];
  if (projectName !== undefined) {
    const at = (label: string, page: string) => project.push({ label, path: projectPath(projectName, page) });
    if (mayIn(session, projectName, 'ROLE_API_SECURITY')) at('JWKs', 'jwks');
    if (mayIn(session, projectName, 'ROLE_MANAGE_PROXIES')) at('Certificates', 'certificates');
    if (mayIn(session, projectName, 'ROLE_API_SECURITY')) at('Keys', 'keys');
    if (mayIn(session, projectName, 'ROLE_API_SECURITY')) at('Keystores', 'keystores');
  }
  const own: Entry[] = [{ label: 'My tokens', path: '/tokens' }];
  const admin: Entry[] = [
    { label: 'Projects', path: '/projects' },
    { label: 'Environments', path: '/environments' },
    { label: 'Users', path: '/users' },
    { label: 'Audit record', path: '/audit' },
  ];
  return { project, installation: session.admin ? [...admin, ...own] : own };
}

export function Shell({ children }: { readonly children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 230, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <AppShell.Header>
        <button type="button" className="skip" onClick={focusContent}>
          Skip to the content
        </button>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <Text
              component={Link}
              href="/"
              fw={700}
              size="lg"
              className="whole brand"
              c="var(--mantine-color-text)"
              onClick={close}
            >
              keyplane
            </Text>
          </Group>
          <AccountMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <Navigation onFollow={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

/** No link: the part behind the # is the address of the page. */
function focusContent(): void {
  document.getElementById('content')?.focus();
}

function Navigation({ onFollow }: { readonly onFollow: () => void }) {
  const [location] = useLocation();
  const { project, installation } = useEntries();
  const link = ({ label, path }: Entry) => (
    <NavLink
      key={path}
      component={Link}
      href={path}
      label={label}
      active={location === path || (path !== '/projects' && location.startsWith(`${path}/`))}
      aria-current={location === path ? 'page' : undefined}
      onClick={onFollow}
    />
  );
  return (
    <ScrollArea component="nav" aria-label="Main">
      {link({ label: 'Overview', path: '/' })}
      <ProjectSelect onFollow={onFollow} />
      {project.map(link)}
      <Text size="sm" c="dimmed" mt="md" mb={4} px="xs">
        Installation
      </Text>
      {installation.map(link)}
    </ScrollArea>
  );
}

function AccountMenu() {
  const { username } = useSignedIn();
  const [isChanging, { open, close }] = useDisclosure();
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = colorScheme === 'auto' ? 'light' : colorScheme === 'light' ? 'dark' : 'auto';
  return (
    <Group gap="xs" wrap="nowrap">
      <Button
        variant="subtle"
        size="compact-sm"
        aria-label={`Theme: ${colorScheme}`}
        onClick={() => setColorScheme(next)}
      >
        <span className="roomy">Theme:&nbsp;</span>
        {colorScheme}
      </Button>
      <Button
        variant="subtle"
        size="compact-sm"
        className="account"
        title={`Signed in as ${username}. Change your password`}
        aria-label={`${username}: change your password`}
        onClick={open}
      >
        {username}
      </Button>
      <Button
        variant="default"
        size="compact-sm"
        loading={signOut.isPending}
        onClick={() => signOut.mutate()}
        aria-label={`Sign out ${username}`}
      >
        Sign out
      </Button>
      {isChanging && <OwnPasswordDialog username={username} onClose={close} />}
    </Group>
  );
}
