import { Popover, SegmentedControl, Stack, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Icon } from '../display/icon.tsx';
import { OwnPasswordDialog } from '../session/own-password-dialog.tsx';
import { useSignOut } from '../session/session.ts';
import { useSignedIn } from '../session/session-context.ts';

const themes = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'auto', label: 'System' },
] as const;

/** The user who is signed in, and personal settings. */
export function AccountMenu() {
  const { username } = useSignedIn();
  const [isOpen, menu] = useDisclosure();
  const [isChanging, dialog] = useDisclosure();
  return (
    <>
      <Popover
        opened={isOpen}
        onChange={menu.toggle}
        position="top-start"
        width={230}
        shadow="md"
        trapFocus
        returnFocus
        withinPortal={false}
      >
        <Popover.Target>
          <UnstyledButton
            className="account"
            title={`Signed in as ${username}`}
            aria-label={`Account: ${username}`}
            onClick={menu.toggle}
          >
            <span className="avatar" data-initial={username.slice(0, 1).toUpperCase()} />
            <span className="account-name">{username}</span>
            <Icon name="selector" size={14} />
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown p="xs" aria-label="Account">
          <AccountPanel
            onChangePassword={() => {
              menu.close();
              dialog.open();
            }}
          />
        </Popover.Dropdown>
      </Popover>
      {isChanging && <OwnPasswordDialog username={username} onClose={dialog.close} />}
    </>
  );
}

function AccountPanel({ onChangePassword }: { readonly onChangePassword: () => void }) {
  const { username, admin } = useSignedIn();
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Stack gap={4}>
      <Text size="xs" c="dimmed" px="xs">
        Signed in as {username}
        {admin && ', administrator'}
      </Text>
      <SegmentedControl
        fullWidth
        size="xs"
        my={4}
        aria-label="Theme"
        data={[...themes]}
        value={colorScheme}
        onChange={(value) => setColorScheme(themes.find((theme) => theme.value === value)?.value ?? 'auto')}
      />
      <button type="button" className="navigation-link" onClick={onChangePassword}>
        Change your password
      </button>
      <button
        type="button"
        className="navigation-link"
        disabled={signOut.isPending}
        onClick={() => signOut.mutate()}
      >
        Sign out
      </button>
    </Stack>
  );
}
