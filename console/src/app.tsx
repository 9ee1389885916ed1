import { Center, Container } from '@mantine/core';
import { Route, Router, Switch } from 'wouter';
import { QueryView } from './display/query-view.tsx';
import { hashHref, useHashLocation, useHashSearch } from './layout/hash-location.ts';
import { AdministratorsOnlyPage, NotFoundPage } from './layout/notice-page.tsx';
import { Shell } from './layout/shell.tsx';
import { pages } from './pages.ts';
import { useSession } from './session/session.ts';
import { SessionContext } from './session/session-context.ts';
import { SignInPage } from './session/sign-in-page.tsx';

/** Addresses live behind the #: they stay in the browser, and the server has one page to serve. */
export function App() {
  const session = useSession();
  if (session.data === undefined) {
    return (
      <Center component="main" mih="100vh">
        <QueryView query={session}>{() => null}</QueryView>
      </Center>
    );
  }
  if (session.data === null) return <SignInPage />;
  return (
    <SessionContext value={session.data}>
      <Router hook={useHashLocation} searchHook={useHashSearch} hrefs={hashHref}>
        <Shell>
          <Container size="xl" p={0}>
            <Switch>
              {pages.map(({ path, page, isForAdministrators = false }) => (
                <Route
                  key={path}
                  path={path}
                  component={isForAdministrators && !session.data?.admin ? AdministratorsOnlyPage : page}
                />
              ))}
              <Route component={NotFoundPage} />
            </Switch>
          </Container>
        </Shell>
      </Router>
    </SessionContext>
  );
}
