import { AppShell, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { AccountMenu } from './account-menu.tsx';
import { Logo } from './logo.tsx';
import { Navigation, NavigationFoot } from './navigation.tsx';

/** The frame of every page. In a narrow window a button opens the sidebar. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  return (
    <AppShell
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <section aria-label="Shortcuts">
        <button type="button" className="skip" onClick={focusContent}>
          Skip to the content
        </button>
      </section>
      <AppShell.Header hiddenFrom="sm">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} size="sm" aria-label="Menu" />
            <Link href="/" className="home" onClick={close}>
              <Logo />
            </Link>
          </Group>
          <AccountMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label="Main" data-opened={opened || undefined} className="sidebar">
        <Link href="/" className="home sidebar-home">
          <Logo />
        </Link>
        <Navigation onFollow={close} />
        <NavigationFoot onFollow={close} />
        <div className="sidebar-account">
          <AccountMenu />
        </div>
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
