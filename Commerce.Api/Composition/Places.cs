using System.Security.Cryptography;
using System.Text;
using Commerce.Commands.Embedded;
using Commerce.Commands.EventLog;

namespace Commerce.Api.Composition;

/// <summary>Where event log, read database and customers' keys are.</summary>
/// <param name="Log">The event log.</param>
/// <param name="ReadDatabase">Npgsql connection string of read models, checkpoints and leases. Contains the password: not for logs.</param>
/// <param name="PersonalKeys">Npgsql connection string of customers' keys. Contains the password: not for logs.</param>
sealed record Places(EventLogLocation Log, string ReadDatabase, string PersonalKeys)
{
    /// <summary>Hexadecimal digits that tell one log's read database from another's.</summary>
    const int DigitsOfName = 12;

    /// <summary>
    /// As the settings say. The log lies in the read database unless it is named; on the private server each further log has a read
    /// database of its own, so that one data folder serves them side by side. Customers' keys stay where they are when the log is moved.
    /// </summary>
    public static async Task<Places> Of(CommerceSettings settings, EmbeddedPostgres? embedded, CancellationToken cancellationToken)
    {
        var server = settings.Postgres ?? embedded?.ConnectionString ?? throw new InvalidOperationException("Neither a database nor a private one.");
        var log = settings.EventLog ?? EventLogLocation.OfPostgres(server);
        return new(
            log,
            embedded is null || settings is { EventLog: null, StreamPrefix: null } ? server
            : await embedded.Database(NameFor(settings.EventLog, settings.StreamPrefix), cancellationToken).ConfigureAwait(false),
            settings.PersonalData.Keys ?? server);
    }

    // The private server's own port may change from start to start, and is no part of the name.
    static string NameFor(EventLogLocation? log, StreamPrefix? prefix) =>
        "commerce_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{log} {prefix}")))[..DigitsOfName];

    /// <inheritdoc/>
    public override string ToString() => Log.ToString();
}
