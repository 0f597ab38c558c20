using System.Globalization;
using Commerce.Commands.Reconciliation;
using Commerce.Domain;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;

namespace Commerce.Api.Cli.Reconciling;

/// <summary>A reconciliation's report for a person.</summary>
static class ReconcileText
{
    /// <summary>Differences that are printed; the JSON report has all.</summary>
    const int ShownMax = 100;

    /// <summary>The report, line by line: what there is for a person to do comes first.</summary>
    public static IEnumerable<string> Lines(ReconciliationReport report)
    {
        var isDry = report.Run is null;
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Date:yyyy-MM-dd}{(isDry ? " (dry run)" : $", run {report.Run}")}: {report.Movements:N0} movements, {report.Differences.Length:N0} differences, {report.Repaired:N0} {(isDry ? "would be repaired" : "repaired")}, {report.Left:N0} left for a person.");
        foreach (var difference in report.Differences.OrderByDescending(d => d.Fate).Take(ShownMax))
        {
            yield return $"  {Of(difference)}";
        }

        if (report.Differences.Length > ShownMax)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  … and {report.Differences.Length - ShownMax:N0} more; --json FILE lists them all.");
        }
    }

    /// <summary>What a class of difference is called.</summary>
    public static string Of(DifferenceClass @class) => @class switch
    {
        DifferenceClass.MissingHere => "missing here",
        DifferenceClass.MissingThere => "missing there",
        DifferenceClass.Amount => "amount differs",
        _ => "state differs",
    };

    static string Of(ReportedDifference reported)
    {
        var (d, fate) = (reported.Difference, reported.Fate switch { DifferenceFate.Left => "for a person", DifferenceFate.Repaired => "repaired", _ => "repairable" });
        return $"{fate}: {Of(d.Class)}, {Of(d.Movement.Kind)} of payment {d.Movement.Payment}{(d.Order is { } order ? $" (order {order})" : string.Empty)}: "
            + Of(d.Demand) + $"here {Of(d.Here, d.AmountHere)}, {AtProvider(d)}{(d.Reference is { } reference ? $" ({reference})" : string.Empty)}. {reported.Note}";
    }

    static string Of(OrderDemand? demand) => demand switch
    {
        null => string.Empty,
        { Word: OrderWord.Nothing } => "by the orders nothing, ",
        _ => $"by the order {demand.Word.ToString().ToLowerInvariant()} {demand.Amount}, ",
    };

    // Where the day's statement does not tell what an order is compared with, the provider told it on another day.
    static string AtProvider(Difference d) => d is { Demand: not null, There: null, Here: not null } ? "the provider as here" : $"at the provider {Of(d.There, d.AmountThere)}";

    static string Of(PaymentMovement kind) => kind.ToString().ToLowerInvariant();

    static string Of(MovementState? state, Money? amount) => state switch
    {
        null => "nothing",
        MovementState.GivenUp => $"{amount} given up",
        { } known => $"{amount} {known.ToString().ToLowerInvariant()}",
    };
}
