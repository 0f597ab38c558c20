using System.Buffers;
using Commerce.Commands.Grpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Commerce.Commands.Tests.Grpc;

[TestFixture]
sealed class GrpcFramesTests
{
    const int MessageBytesMax = 1_000_000;

    [FsCheck.NUnit.Property]
    public bool Messages_come_out_as_they_went_in_however_the_bytes_are_cut(byte[][] messages, byte[] cuts)
    {
        var written = new ArrayBufferWriter<byte>();
        foreach (var message in messages)
            GrpcFrames.Write(written, new BytesValue { Value = ByteString.CopyFrom(message) });

        // As a pipe does: what comes is put behind what is left.
        var (taken, left, rest) = (new List<byte[]>(), Array.Empty<byte>(), written.WrittenMemory);
        for (var n = 0; !rest.IsEmpty; n++)
        {
            var part = rest[..Math.Min(rest.Length, 1 + (cuts.Length == 0 ? 0 : cuts[n % cuts.Length]))];
            rest = rest[part.Length..];
            var buffer = Joined(left, part);
            while (GrpcFrames.TryTake(ref buffer, MessageBytesMax, out var frame))
                taken.Add(BytesValue.Parser.ParseFrom(frame).Value.ToByteArray());
            left = buffer.ToArray();
        }

        return left.Length == 0 && taken.Count == messages.Length && taken.Zip(messages).All(m => m.First.AsSpan().SequenceEqual(m.Second));
    }

    [FsCheck.NUnit.Property]
    public bool Nothing_is_taken_before_its_end_has_come(byte[] message)
    {
        var written = new ArrayBufferWriter<byte>();
        GrpcFrames.Write(written, new BytesValue { Value = ByteString.CopyFrom(message) });

        return Enumerable.Range(0, written.WrittenCount).All(bytes =>
        {
            var buffer = new ReadOnlySequence<byte>(written.WrittenMemory[..bytes]);
            return !GrpcFrames.TryTake(ref buffer, MessageBytesMax, out _) && buffer.Length == bytes;
        });
    }

    [Test]
    public void A_message_is_prefixed_with_a_flag_and_its_length()
    {
        var written = new ArrayBufferWriter<byte>();
        GrpcFrames.Write(written, new UInt32Value { Value = 300 });

        Assert.That(written.WrittenSpan.ToArray(), Is.EqualTo(new byte[] { 0, 0, 0, 0, 3, 0x08, 0xac, 0x02 }));
    }

    [TestCase(new byte[] { 1, 0, 0, 0, 0 }, GrpcStatusCode.Unimplemented, TestName = "A_message_that_is_compressed_is_refused")]
    [TestCase(new byte[] { 0, 0xff, 0xff, 0xff, 0xff }, GrpcStatusCode.ResourceExhausted, TestName = "A_message_that_is_too_long_is_refused_before_it_has_come")]
    public void Refused(byte[] bytes, object code)
    {
        var buffer = new ReadOnlySequence<byte>(bytes);

        Assert.That(Assert.Throws<GrpcException>(() => GrpcFrames.TryTake(ref buffer, MessageBytesMax, out _))?.Code, Is.EqualTo(code));
    }

    // Of two segments, so that prefixes and messages are cut as well.
    static ReadOnlySequence<byte> Joined(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        var head = new Segment(first, 0);
        var tail = head.Then(second);
        return new(head, 0, tail, second.Length);
    }

    sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long at) => (Memory, RunningIndex) = (memory, at);

        public Segment Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
