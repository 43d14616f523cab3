namespace ReadOnlyGuard.AspNetCore;

/// <summary>
/// A request's body, kept in memory as it is read, so that another run can read it from its beginning. One that turns out to be longer than
/// is kept goes on as a stream, and cannot be read again.
/// </summary>
sealed class KeptBody(Stream body, long max)
{
    MemoryStream? _kept = new();

    public bool CanBeReadAgain => _kept is not null;

    /// <summary>
    /// The body from its beginning. Each run has a stream of its own: it may dispose it, and readers that were made for the one before (the
    /// request's pipe, above all) are not used for the next.
    /// </summary>
    public Stream ForRun() => new Reader(this);

    void Keep(ReadOnlySpan<byte> read)
    {
        if (_kept?.Length + read.Length > max)
            _kept = null;
        _kept?.Write(read);
    }

    sealed class Reader(KeptBody of) : Stream
    {
        int _replayed;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (Replay(buffer) is > 0 and var replayed)
                return replayed;
            return Kept(buffer, of.Body.Read(buffer));
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Replay(buffer.Span) is > 0 and var replayed)
                return replayed;
            var count = await of.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            return Kept(buffer.Span, count);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
            => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        int Replay(Span<byte> buffer)
        {
            if (of._kept is not { } kept || _replayed == kept.Length)
                return 0;
            var count = Math.Min(buffer.Length, (int)kept.Length - _replayed);
            kept.GetBuffer().AsSpan(_replayed, count).CopyTo(buffer);
            _replayed += count;
            return count;
        }

        int Kept(Span<byte> buffer, int count)
        {
            of.Keep(buffer[..count]);
            _replayed += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    Stream Body => body;
}
