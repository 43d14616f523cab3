<!-- Leaves out of the documentation whatever is not among the public names, which stand between semicolons: a type, or a type and its member. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:param name="public" />
  <xsl:output method="xml" encoding="utf-8" />
  <xsl:template match="@* | node()">
    <xsl:copy>
      <xsl:apply-templates select="@* | node()" />
    </xsl:copy>
  </xsl:template>
  <xsl:template match="members/member">
    <!-- M:Namespace.Type.Method``1(System.String): without its kind, parameters and arity. -->
    <xsl:variable name="name" select="substring-before(concat(substring-before(concat(substring-after(@name, ':'), '('), '('), '`'), '`')" />
    <xsl:if test="contains($public, concat(';', $name, ';'))">
      <xsl:copy>
        <xsl:apply-templates select="@* | node()" />
      </xsl:copy>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
