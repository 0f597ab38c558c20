using System.Globalization;

namespace Commerce.Benchmarks;

/// <summary>Processor time, user and system, of this process and of the servers that it uses.</summary>
/// <param name="Process">The application, and clients that share its process.</param>
/// <param name="Database">PostgreSQL with all its processes.</param>
/// <param name="Broker">RabbitMQ with all its processes.</param>
readonly record struct ProcessorTime(TimeSpan Process, TimeSpan Database, TimeSpan Broker)
{
    /// <summary>What Linux counts in, on every architecture that .NET runs on.</summary>
    const int TicksPerSecond = 100;

    // Of /proc/PID/stat, counted from the field after the name of the program.
    const int ParentField = 1;
    const int UserTimeField = 11;
    const int TimeFields = 4;

    /// <summary>All of it.</summary>
    public TimeSpan Total => Process + Database + Broker;

    /// <summary>What was taken between two moments.</summary>
    public static ProcessorTime operator -(ProcessorTime later, ProcessorTime earlier) =>
        new(later.Process - earlier.Process, later.Database - earlier.Database, later.Broker - earlier.Broker);

    /// <summary>What was taken so far. Of the servers it is known where the system has /proc, else it is zero.</summary>
    /// <param name="database">Process of the database.</param>
    /// <param name="broker">Process of the broker; null: there is none.</param>
    public static ProcessorTime Now(int database, int? broker)
    {
        var all = Processes();
        return new(Environment.CpuUsage.TotalTime, OfTree(all, database), broker is { } id ? OfTree(all, id) : TimeSpan.Zero);
    }

    /// <summary>The same where the application is another process.</summary>
    public static ProcessorTime Of(int application, int database)
    {
        var all = Processes();
        return new(OfTree(all, application), OfTree(all, database), TimeSpan.Zero);
    }

    // The times of a process hold those of its children that have ended.
    static TimeSpan OfTree(Dictionary<int, (int Parent, long Ticks)> all, int root)
    {
        var children = all.ToLookup(p => p.Value.Parent, p => p.Key);
        var (ticks, left) = (0L, new Stack<int>([root]));
        while (left.TryPop(out var id))
        {
            ticks += all.GetValueOrDefault(id).Ticks;
            foreach (var child in children[id])
            {
                left.Push(child);
            }
        }

        return TimeSpan.FromSeconds(ticks / (double)TicksPerSecond);
    }

    static Dictionary<int, (int Parent, long Ticks)> Processes()
    {
        var all = new Dictionary<int, (int, long)>();
        foreach (var folder in Directory.Exists("/proc/self") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && Stat(folder) is { } fields)
            {
                all[id] = (int.Parse(fields[ParentField], CultureInfo.InvariantCulture), fields.Skip(UserTimeField).Take(TimeFields).Sum(f => long.Parse(f, CultureInfo.InvariantCulture)));
            }
        }

        return all;
    }

    // The name stands in parentheses and may hold anything.
    static string[]? Stat(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }
}
