import { Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { KeyplaneApiError } from '../../../clients/typescript/src/index.ts';
import { ErrorNote } from '../display/error-note.tsx';
import { usePageTitle } from '../display/page-title.ts';
import { Logo } from '../layout/logo.tsx';
import { useSignIn } from './session.ts';

export function SignInPage() {
  const signIn = useSignIn();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  usePageTitle('Sign in');
  function submit(event: FormEvent) {
    event.preventDefault();
    signIn.mutate({ username, password }, { onError: () => setPassword('') });
  }
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w="100%" maw={380}>
        <form onSubmit={submit}>
          <Stack>
            <div>
              <Title order={1}>
                <Logo size={26} />
              </Title>
              <Text size="sm" c="dimmed" mt={4}>
                The control plane for JSON Web Keys
              </Text>
            </div>
            <TextInput
              label="Username"
              name="username"
              autoComplete="username"
              required
              autoFocus
              value={username}
              onChange={(event) => setUsername(event.currentTarget.value)}
            />
            <PasswordInput
              label="Password"
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <ErrorNote error={signIn.error} text={wrongPassword(signIn.error)} />
            <Button type="submit" loading={signIn.isPending}>
              Sign in
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}

/** The manager does not say which of the two is wrong, and neither does this. */
function wrongPassword(error: unknown): string | undefined {
  return error instanceof KeyplaneApiError && error.status === 401 ? 'Wrong username or password' : undefined;
}
