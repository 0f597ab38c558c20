using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Commerce.Commands.EventLog.Copying;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.Exporting;

/// <summary>Writes a log as CloudEvents, one a line, in its order; the last line says how many there are and what they hash to.</summary>
public sealed class LogExport(IEventLog log, TimeProvider time)
{
    /// <summary>Events between two words of progress, each of which waits until what is before it is taken.</summary>
    const int FlushEvery = 512;

    /// <summary>Writes every event up to where the log is now.</summary>
    /// <param name="to">Where to; it stays open.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellationToken">Cuts it short.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="EventLogUnavailableException">The log does not answer.</exception>
    public async Task<LogDigest> Write(Stream to, IProgress<LogCopyProgress>? progress, CancellationToken cancellationToken)
    {
        var head = await log.Head(cancellationToken);
        var pipe = PipeWriter.Create(to, new StreamPipeWriterOptions(leaveOpen: true));
        await using var json = new Utf8JsonWriter(pipe, CloudEventLine.WriterOptions);
        using var digest = new LogDigesting();
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, cancellationToken))
        {
            if (e.Position > head)
            {
                break;
            }

            CloudEventLine.Write(json, e);
            EndLine(json, pipe);
            digest.Add(e);
            if (digest.Events % FlushEvery == 0)
            {
                await pipe.FlushAsync(cancellationToken);
                progress?.Report(new("exported", digest.Events, (double)e.Position.Value / head.Value));
            }
        }

        var written = digest.Result();
        CloudEventLine.WriteEnd(json, written, time.GetUtcNow());
        EndLine(json, pipe);
        await pipe.FlushAsync(cancellationToken);
        await pipe.CompleteAsync();
        return written;
    }

    static void EndLine(Utf8JsonWriter json, PipeWriter pipe)
    {
        json.Flush();
        json.Reset();
        pipe.Write("\n"u8);
    }
}
