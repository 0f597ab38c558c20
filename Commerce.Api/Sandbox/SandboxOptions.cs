using System.ComponentModel.DataAnnotations;
using Commerce.Commands.Webhooks;

namespace Commerce.Api.Sandbox;

/// <summary>Where the sandbox provider serves and what it remembers.</summary>
sealed class SandboxOptions
{
    /// <summary>Port on 127.0.0.1; 0: any free one.</summary>
    [Range(0, 65_535)]
    public int Port { get; init; }

    /// <summary>File that its books are written to and read from at the start; null: it forgets with the process.</summary>
    public string? BooksFile { get; init; }

    /// <summary>Whether it only tells what the file holds now: another sandbox writes it.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Where it tells what became of calls; null: nowhere.</summary>
    public Uri? Callbacks { get; init; }

    /// <summary>What it signs callbacks with; with <see cref="Callbacks"/>.</summary>
    public WebhookSecret? Secret { get; init; }

    /// <summary>Entries of the books at most; beyond them it answers 507. A million fill some 500 MB.</summary>
    [Range(1, 10_000_000)]
    public int EntriesMax { get; init; } = 1_000_000;
}
