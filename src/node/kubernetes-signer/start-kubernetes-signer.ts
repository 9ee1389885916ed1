// The external signer of a Kubernetes API server: gRPC on a Unix socket, which anyone who can open it may use. Wiring only.

import type { ServeLimit } from '../lease/serve-limit.ts';
import { listenOnSocket } from '../operations/listen.ts';
import type { NodeParts } from '../operations/start-operations.ts';
import { externalJwtMethods, signingProblemOf } from './external-jwt-signer.ts';
import { createGrpcServer, type GrpcStatus } from './grpc-server.ts';
import { type RingPlace, SignerRing } from './signer-ring.ts';

export interface KubernetesSignerOptions extends RingPlace {
  readonly socket: string;
  /** Of the socket's file; 0600 by default. */
  readonly socketMode?: number;
}

export interface KubernetesSignerStatus {
  /** `PROJECT/RING` */
  readonly ring: string;
  /** Null where it signs. */
  readonly problem: string | null;
}

export interface SignerAnswers {
  /** `Sign`, `FetchKeys`, `Metadata` or `other`. */
  readonly method: string;
  readonly status: 'OK' | GrpcStatus;
  readonly count: number;
}

export interface KubernetesSigner {
  /** Once the state was restored. @returns the address */
  listen(): Promise<string>;
  status(): KubernetesSignerStatus;
  /** Since the start. */
  answers(): readonly SignerAnswers[];
  close(): Promise<void>;
}

const ownerOnly = 0o600;

/** Follows the state from now on. */
export function startKubernetesSigner(
  options: KubernetesSignerOptions,
  { state, copy, contact, lease, usage, log }: NodeParts,
  serveLimit: ServeLimit,
): KubernetesSigner {
  const { socket, socketMode = ownerOnly, project, ringName } = options;
  const title = `${project}/${ringName}`;
  const ring = new SignerRing({ project, ringName }, { copy, log, onChange: report });
  state.follow(ring);

  /** Why kube-apiserver gets nothing. */
  function problem(): string | undefined {
    if (!state.ready) return 'This node has no state of its environment yet!';
    if (ring.keys === undefined) {
      return `Key ring (name: ${ringName}) of project (name: ${project}) is not found!`;
    }
    return ring.keys.problem;
  }

  /** Why it gets no signatures. */
  function signingProblem(): string | undefined {
    const { keys } = ring;
    return problem() ?? (keys && signingProblemOf(keys, lease));
  }

  let isListening = false;
  let reported: string | null | undefined;

  /** Says once what keeps it from signing, and once that nothing does. */
  function report(): void {
    const text = signingProblem() ?? null;
    if (!isListening || text === reported) return;
    reported = text;
    if (text === null) log.info({ ring: title }, 'the Kubernetes signer can use its key ring');
    else log.warn({ ring: title, reason: text }, 'the Kubernetes signer cannot use its key ring');
  }

  const methods = externalJwtMethods({
    state,
    ring,
    problem,
    contact,
    lease,
    serveLimit,
    now: () => contact.time.now(),
    count: (use) => usage.count(use),
  });
  const answers = new Map<string, SignerAnswers>();
  const { server, close } = createGrpcServer(methods, {
    onError: (error) => log.error({ err: error }, 'the Kubernetes signer failed'),
    onAnswer(path, status) {
      const key = `${path} ${status}`;
      const before = answers.get(key) ?? { method: path.slice(path.lastIndexOf('/') + 1), status, count: 0 };
      answers.set(key, { ...before, count: before.count + 1 });
    },
  });

  return {
    async listen() {
      await ring.settled();
      const flag = '--kubernetes-signer-socket';
      const address = await listenOnSocket(server, { path: socket, mode: socketMode, flag });
      isListening = true;
      report();
      return address;
    },
    status: () => ({ ring: title, problem: signingProblem() ?? null }),
    answers: () => [...answers.values()],
    close,
  };
}
