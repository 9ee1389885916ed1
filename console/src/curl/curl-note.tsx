import { Block } from '../jwk-detail/public-part.tsx';
import { type CurlRequest, curlCommand } from './curl-command.ts';

export function CurlNote(request: CurlRequest) {
  return (
    <details>
      <summary>Show as curl</summary>
      <Block label="curl command" text={curlCommand(request)} />
    </details>
  );
}
