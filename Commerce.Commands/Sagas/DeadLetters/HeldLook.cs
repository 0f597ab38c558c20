namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>
/// Tells whether a message's order is held, as the database has it after the message came: whatever process holds an order,
/// the others know it from then on. Messages that come while a look is under way share the next one, so a busy queue costs
/// one small query after another, not one a message.
/// </summary>
sealed class HeldLook(DeadLetterTable table, string queue) : IDisposable
{
    readonly Lock _lock = new();
    readonly SemaphoreSlim _turn = new(1, 1);
    Look? _next;

    /// <exception cref="Npgsql.NpgsqlException">The database does not answer.</exception>
    public async Task<bool> IsHeld(Guid order, Guid eventId, CancellationToken cancellationToken)
    {
        Look look;
        lock (_lock)
        {
            look = _next ??= new();
            look.Messages.Add((order, eventId));
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The first of a look looks for all of it; where it failed, the next one does.
            if (look.Held is null)
            {
                lock (_lock)
                {
                    _next = _next == look ? null : _next;
                }

                look.Held = await table.Held(queue, look.Messages, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }

        return look.Held.Contains(eventId);
    }

    public void Dispose() => _turn.Dispose();

    sealed class Look
    {
        public List<(Guid Order, Guid EventId)> Messages { get; } = [];

        public IReadOnlySet<Guid>? Held { get; set; }
    }
}
