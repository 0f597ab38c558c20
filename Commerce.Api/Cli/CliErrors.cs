using System.Net.Sockets;
using Commerce.Api.Composition;
using Commerce.Commands.Customers;
using Commerce.Commands.Embedded;
using Commerce.Commands.Importing;
using Commerce.Commands.Payments;
using Commerce.Commands.Reconciliation;
using Commerce.Domain.Log;
using Commerce.Domain.Seals;
using Commerce.Projections.Auditing.Comparing;
using Commerce.Projections.Auditing.Past;
using Commerce.Projections.Auditing.Sealing;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Api.Cli;

/// <summary>Failures that a person at the terminal can do something about: one sentence, never a stack trace.</summary>
static class CliErrors
{
    /// <summary>Exit code of a verb that could not be done.</summary>
    public const int CannotExitCode = 2;

    /// <summary>Exit code of a verb that was interrupted: 128 + SIGINT, as shells have it.</summary>
    public const int InterruptedExitCode = 130;

    /// <summary>Runs a verb. A failure that is not expected passes through: it is a defect, and its trace belongs in the report.</summary>
    public static async Task<int> Guard(Func<Task<int>> verb)
    {
        try
        {
            return await verb().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return InterruptedExitCode;
        }
        catch (Exception e) when (Sentence(e) is { } sentence)
        {
            await Console.Error.WriteLineAsync($"commerce: {sentence}").ConfigureAwait(false);
            return CannotExitCode;
        }
    }

    static string? Sentence(Exception e) => e switch
    {
        AggregateException { InnerExceptions: [var only] } => Sentence(only),
        CommerceSettingsException or EmbeddedPostgresException or ImportException or EventLogException or IOException or UnauthorizedAccessException or TimeoutException => FirstLine(e),
        ReadModelUnavailableException { IsNotBuilt: true } => "The read models are not built yet: serve with the role projections makes them.",
        ReadModelUnavailableException => FirstLine(e),
        SealKeyException or SealProofException or ReconciliationException or PaymentProviderUnavailableException or PaymentProviderFaultException => FirstLine(e),
        PersonalKeysUnavailableException or PersonalDataUnreadableException => FirstLine(e),
        PastReadModelsException or ComparisonException or PoisonEventException => FirstLine(e),
        PostgresException refused => $"PostgreSQL refuses ({refused.SqlState}): {refused.MessageText}.",
        NpgsqlException => $"PostgreSQL cannot be reached: {FirstLine(e)}",
        SocketException => $"The network says: {FirstLine(e)}",
        _ => null,
    };

    static string FirstLine(Exception e) => e.Message.ReplaceLineEndings("\n").Split('\n')[0];
}
