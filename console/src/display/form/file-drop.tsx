import { type DragEvent, useId, useState } from 'react';

/** A file from this machine: dropped here, or chosen by mouse or keyboard. Where it goes is up to who asked. */
export function FileDrop({
  label,
  accept,
  fileName,
  error,
  onFile,
}: {
  readonly label: string;
  readonly accept?: string;
  /** Of what was taken. */
  readonly fileName?: string | undefined;
  readonly error?: string | undefined;
  readonly onFile: (file: File) => void;
}) {
  const id = useId();
  const [over, setOver] = useState(false);
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined) onFile(file);
  }
  return (
    <div>
      <label
        className="file-drop"
        data-over={over || undefined}
        data-error={error !== undefined || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <span>{label}</span>
        <input
          type="file"
          accept={accept}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-note`}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file !== undefined) onFile(file);
            // The same file, mended, can be chosen again.
            event.currentTarget.value = '';
          }}
        />
        <span className="file-drop-name">
          {fileName === undefined ? 'Drop a file here, or choose one' : fileName}
        </span>
      </label>
      <p id={`${id}-note`} className="field-error" role={error === undefined ? undefined : 'alert'}>
        {error}
      </p>
    </div>
  );
}
