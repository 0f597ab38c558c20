using System.Collections.Immutable;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Importing;

/// <summary>What the events of one invoice share.</summary>
/// <param name="Invoice">Its number.</param>
/// <param name="At">When it happened.</param>
sealed record Occasion(string Invoice, DateTimeOffset At);

/// <summary>An invoice that was sold, paid and delivered.</summary>
sealed record PlannedOrder(Occasion Occasion, OrderCommand.Place Place, Money Total);

/// <summary>What one cancellation takes back of one order.</summary>
sealed record PlannedReturn(Occasion Occasion, OrderId Order, ImmutableArray<LineQuantity> Lines, Money Amount);

/// <summary>What of one cancellation belongs to no sale that is known.</summary>
sealed record PlannedCredit(Occasion Occasion, CreditNoteCommand.Issue Issue);

/// <summary>One movement of one SKU, in the order of the file.</summary>
/// <param name="Occasion">Of which invoice.</param>
/// <param name="Command">What is asked of the stock.</param>
sealed record StockMove(Occasion Occasion, StockCommand Command);

/// <summary>What the catalogue should say of a SKU that it does not know before the chunk.</summary>
/// <param name="Occasion">Of the first sale in the chunk.</param>
/// <param name="Name">Its latest description that is not empty, else its code.</param>
/// <param name="Price">Its latest price.</param>
sealed record PlannedProduct(Occasion Occasion, string Name, Money Price);

/// <summary>Everything that a chunk of a file leads to: what to append and what to remember. It follows from the chunk and what was imported before, alone.</summary>
sealed record ChunkPlan
{
    /// <summary>Orders, as their invoices stand in the file.</summary>
    public required IReadOnlyList<PlannedOrder> Orders { get; init; }

    /// <summary>Returns, as their cancellations stand in the file.</summary>
    public required IReadOnlyList<PlannedReturn> Returns { get; init; }

    /// <summary>Credit notes, one a cancellation at most.</summary>
    public required IReadOnlyList<PlannedCredit> Credits { get; init; }

    /// <summary>Movements of stock by SKU.</summary>
    public required IReadOnlyDictionary<Sku, List<StockMove>> Stock { get; init; }

    /// <summary>The catalogue by SKU.</summary>
    public required IReadOnlyDictionary<Sku, PlannedProduct> Products { get; init; }

    /// <summary>Invoices of the chunk, with the line where each begins.</summary>
    public required IReadOnlyDictionary<string, long> Invoices { get; init; }

    /// <summary>Sales to known customers, new or changed.</summary>
    public required IReadOnlyList<SaleLine> Sales { get; init; }

    /// <summary>Lines that were read and not imported.</summary>
    public required IReadOnlyList<RejectedLine> Rejected { get; init; }

    /// <summary>Where every line went; <see cref="ImportFigures.InFiles"/> is the reader's to say.</summary>
    public required ImportFigures Figures { get; init; }
}
