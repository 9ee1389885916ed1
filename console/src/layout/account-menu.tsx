import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Icon } from '../display/icon.tsx';
import { OwnPasswordDialog } from '../session/own-password-dialog.tsx';
import { useSignOut } from '../session/session.ts';
import { useSignedIn } from '../session/session-context.ts';

const themes = [
  ['light', 'Light'],
  ['dark', 'Dark'],
  ['auto', 'As the system'],
] as const;

/** Who is signed in, and what they set for themselves. */
export function AccountMenu() {
  const { username, admin } = useSignedIn();
  const [isChanging, { open, close }] = useDisclosure();
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu position="top-start" width={220} shadow="md">
        <Menu.Target>
          <UnstyledButton
            className="account"
            title={`Signed in as ${username}`}
            aria-label={`Account: ${username}`}
          >
            <span className="avatar" aria-hidden="true">
              {username.slice(0, 1).toUpperCase()}
            </span>
            <span className="account-name">{username}</span>
            <Icon name="selector" size={14} />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            Signed in as {username}
            {admin && ', administrator'}
          </Menu.Label>
          <Menu.Item onClick={open}>Change your password</Menu.Item>
          <Menu.Divider />
          <Menu.Label>Theme</Menu.Label>
          {themes.map(([scheme, label]) => (
            <Menu.Item
              key={scheme}
              role="menuitemradio"
              aria-checked={colorScheme === scheme}
              rightSection={colorScheme === scheme && <Icon name="check" size={14} />}
              onClick={() => setColorScheme(scheme)}
            >
              {label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item disabled={signOut.isPending} onClick={() => signOut.mutate()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isChanging && <OwnPasswordDialog username={username} onClose={close} />}
    </>
  );
}
