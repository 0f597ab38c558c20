using System.Globalization;
using Commerce.Commands.EventLog.EventStoreDb.Wire;

namespace Commerce.Testing.EventStoreDb;

/// <summary>An event in the log. What readers are sent of it is made once, when the first asks.</summary>
sealed class LogRecord(string stream, long revision, ulong position, in ProposedEvent written, DateTimeOffset created)
{
    readonly ProposedEvent _written = written;
    readonly long _createdTicks = (created - DateTimeOffset.UnixEpoch).Ticks;
    byte[]? _structured;
    byte[]? _string;

    public string Stream => stream;

    public long Revision => revision;

    public ulong Position => position;

    public Guid Id => _written.Id;

    public string Type => _written.Type;

    /// <summary>The whole message with its prefix. Two readers may make it at once, alike.</summary>
    public byte[] Frame(UuidForm form) => form == UuidForm.Structured ? _structured ??= Encode(form) : _string ??= Encode(form);

    byte[] Encode(UuidForm form) => WireFrame.Of(new ReadResp
    {
        Event = new()
        {
            Event = new()
            {
                Id = WireUuid.From(Id, form),
                StreamIdentifier = WireStream.From(Stream),
                StreamRevision = (ulong)Revision,
                PreparePosition = Position,
                CommitPosition = Position,
                Metadata =
                {
                    ["type"] = Type,
                    ["created"] = _createdTicks.ToString(CultureInfo.InvariantCulture),
                    ["content-type"] = _written.IsJson ? "application/json" : "application/octet-stream",
                },
                CustomMetadata = _written.Metadata,
                Data = _written.Data,
            },
            CommitPosition = Position,
        },
    });
}
