using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Commerce.Commands.EventLog.Copying;
using Commerce.Domain.Log;
using Commerce.Domain.Seals;

namespace Commerce.Commands.EventLog.Exporting;

/// <summary>A file is no export, or is not what was exported; one sentence.</summary>
public sealed class ExportFileException(string message) : EventLogException(message);

/// <summary>A file that <see cref="LogExport"/> wrote, of which every line has been looked at.</summary>
public sealed class ExportFile : ICopySource
{
    /// <summary>Bytes of a line at most: the largest event, in base64 or with every character of its metadata escaped.</summary>
    const int LineBytesMax = 8 * 1024 * 1024;

    const int ReadBytes = 128 * 1024;

    readonly string _path;
    readonly LogPosition _head;

    ExportFile(string path, LogPosition head, LogDigest digest) => (_path, _head, Digest) = (path, head, digest);

    /// <summary>What it holds.</summary>
    public LogDigest Digest { get; }

    /// <summary>Reads the whole file and checks it: each line by its hash, their order by their positions, all of them by the last line.</summary>
    /// <exception cref="ExportFileException">It is none, or was cut or changed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<ExportFile> Open(string path, CancellationToken cancellationToken)
    {
        using var digesting = new LogDigesting();
        var (lines, head, end) = (0L, LogPosition.Start, (LogDigest?)null);
        await foreach (var line in Lines(path, cancellationToken))
        {
            lines++;
            if (end is not null)
            {
                throw new ExportFileException($"{Name(path)}: line {lines} stands behind the last line of the export.");
            }

            switch (CloudEventReader.TryRead(line))
            {
                case ExportedLine.Event { Recorded: var e, Hash: var hash }:
                    Check(e, hash, head, $"{Name(path)}: line {lines}");
                    head = e.Position;
                    digesting.Add(e);
                    break;
                case ExportedLine.End { Digest: var said }:
                    end = said;
                    break;
                default:
                    throw new ExportFileException($"{Name(path)}: line {lines} is no event as audit export writes it.");
            }
        }

        var found = digesting.Result();
        return end is null ? throw new ExportFileException($"{Name(path)}: the last line is missing, which says how much it holds: it was cut behind line {lines}.")
            : end != found ? throw new ExportFileException($"{Name(path)} holds {found.Events} events with SHA-256 {found.Sha256}, and its last line says {end.Events} with {end.Sha256}: lines were lost, added or moved.")
            : new(path, head, found);
    }

    /// <inheritdoc/>
    public Task<LogPosition> Head(CancellationToken cancellationToken) => Task.FromResult(_head);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> Events(LogPosition after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in Lines(_path, cancellationToken))
        {
            if (CloudEventReader.TryRead(line) is ExportedLine.Event { Recorded: var e } && e.Position > after)
            {
                yield return e;
            }
        }
    }

    static void Check(RecordedEvent e, Hash256 hash, LogPosition before, string where)
    {
        if (EventHash.OfContent(e) != hash)
        {
            throw new ExportFileException($"{where} is not what was exported: the event {e.Id} in {e.Stream} does not have the hash that stands beside it.");
        }

        if (e.Position <= before)
        {
            throw new ExportFileException($"{where} is in the wrong place: position {e.Position} comes behind position {before}.");
        }
    }

    // Each line is good until the next is asked for.
    static async IAsyncEnumerable<ReadOnlyMemory<byte>> Lines(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0 });
        var (pipe, number) = (PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: ReadBytes)), 0L);
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                number++;
                yield return Whole(rest.Slice(0, end));
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            if (rest.Length > LineBytesMax)
            {
                throw new ExportFileException($"{Name(path)}: line {number + 1} is longer than any event.");
            }

            if (read.IsCompleted)
            {
                await pipe.CompleteAsync();
                if (!rest.IsEmpty)
                {
                    throw new ExportFileException($"{Name(path)}: line {number + 1} has no end: the file was cut there.");
                }

                yield break;
            }

            pipe.AdvanceTo(rest.Start, rest.End);
        }
    }

    static ReadOnlyMemory<byte> Whole(ReadOnlySequence<byte> line) => line.IsSingleSegment ? line.First : line.ToArray();

    static string Name(string path) => Path.GetFileName(path);
}
