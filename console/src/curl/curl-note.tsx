import { useState } from 'react';
import { Block } from '../jwk-detail/public-part.tsx';
import { type CurlRequest, curlCommand } from './curl-command.ts';

/** The command is made when the user opens the note. */
export function CurlNote(request: CurlRequest) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Show as curl</summary>
      {isOpen && <Block label="curl command" text={curlCommand(request)} />}
    </details>
  );
}
