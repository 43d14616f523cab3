namespace System;

/// <summary>What list patterns and <c>[^1]</c> compile to; netstandard2.0 does not have it.</summary>
readonly struct Index(int value, bool fromEnd = false)
{
    public int GetOffset(int length) => fromEnd ? length - value : value;
}
