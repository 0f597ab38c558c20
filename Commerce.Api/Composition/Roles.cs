namespace Commerce.Api.Composition;

/// <summary>What a process does. All of them in one process by default; each may run on many nodes.</summary>
[Flags]
enum Roles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Answers HTTP.</summary>
    Api = 1,

    /// <summary>Coordinates orders, stock and payments.</summary>
    Sagas = 2,

    /// <summary>Carries events from the log to the bus.</summary>
    Relay = 4,

    /// <summary>Builds the read models.</summary>
    Projections = 8,

    /// <summary>Everything.</summary>
    All = Api | Sagas | Relay | Projections,
}
