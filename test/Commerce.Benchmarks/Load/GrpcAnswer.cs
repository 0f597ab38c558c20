using System.Buffers.Text;
using System.Text;

namespace Commerce.Benchmarks.Load;

/// <summary>The answer to a placed order as its bytes have it (Protocol Buffers, encoding): just enough to check it.</summary>
static class GrpcAnswer
{
    const int IdLength = 36;
    const byte IdTag = 0x08;
    const byte DoneTag = 0x0A;
    const byte OrderIdTag = 0x12;

    /// <summary>Id of the order in the answer to a call of its own.</summary>
    /// <exception cref="BenchmarkFailedException">It is no such answer.</exception>
    public static Guid OrderOf(ReadOnlySpan<byte> reply)
    {
        if (reply is [DoneTag, var done, ..] && reply.Length > done + 4 + IdLength && reply[done + 2] == OrderIdTag && reply[done + 3] == IdLength
            && Utf8Parser.TryParse(reply.Slice(done + 4, IdLength), out Guid id, out _))
        {
            return id;
        }

        throw new BenchmarkFailedException($"No answer to an order: {Encoding.UTF8.GetString(reply)}");
    }

    /// <summary>Lane and order of an answer on the one call of a connection.</summary>
    /// <param name="answer">Its bytes.</param>
    /// <param name="field">Field of the answer to an accepted order.</param>
    /// <exception cref="BenchmarkFailedException">It is no such answer.</exception>
    public static (int Lane, Guid Order) OnStream(ReadOnlySpan<byte> answer, int field)
    {
        var (at, lane) = (0, 0);
        if (answer.Length > 0 && answer[0] == IdTag)
        {
            at = 1;
            lane = Varint(answer, ref at);
        }

        if (at >= answer.Length || Varint(answer, ref at) != ((field << 3) | 2))
        {
            throw new BenchmarkFailedException($"A command was answered with {Encoding.UTF8.GetString(answer)}");
        }

        var length = Varint(answer, ref at);
        return (lane, OrderOf(answer.Slice(at, length)));
    }

    static int Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var (value, shift) = (0, 0);
        while (bytes[at] >= 128)
        {
            value |= (bytes[at++] & 127) << shift;
            shift += 7;
        }

        return value | (bytes[at++] << shift);
    }
}
